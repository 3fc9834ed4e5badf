"""The language of ODK Collect and KoboCollect: OpenRosa 1.0 over HTTP."""
