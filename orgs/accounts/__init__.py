"""How people sign in: what this product makes of django-allauth (docs/accounts.md)."""
