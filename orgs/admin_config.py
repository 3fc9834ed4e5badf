"""Makes our own admin site the one that every room registers with (named in INSTALLED_APPS)."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django admin with ``orgs.admin_site``."""

    default_site = "orgs.admin_site.Site"
