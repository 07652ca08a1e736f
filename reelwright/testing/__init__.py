"""What authors of parts test with: contract suites, strict servers, clips whose pixels tell the time."""
