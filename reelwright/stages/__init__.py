"""The stages of an episode as core functions: each finds its work again or does it. The tasks are skins over these."""
