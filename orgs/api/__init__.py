"""The API's mechanism: resources read through access and disclosure, lists paged by keyset."""
