"""S3 and what speaks its protocol: addresses, conditional writes, multipart uploads, errors."""
