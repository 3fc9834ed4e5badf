"""Addresses of accounts, beside those of django-allauth."""

from django.urls import URLPattern, path

from orgs.views import accounts, invitations, tokens

account_urls: list[URLPattern] = [
    path("accounts/", accounts.account, name="account"),
    path("accounts/sign-out-everywhere/", accounts.sign_out_everywhere, name="sign-out-everywhere"),
    path("accounts/tokens/", tokens.api_tokens, name="api-tokens"),
    path("accounts/tokens/<int:pk>/revoke/", tokens.revoke_api_token, name="revoke-api-token"),
    path("accounts/people/", invitations.people, name="people"),
    path("accounts/people/invite/", invitations.invite, name="invite"),
    path("accounts/people/<int:pk>/end/", invitations.end_post, name="end-post"),
    path("accounts/people/<int:pk>/ended/", invitations.post_ended, name="post-ended"),
    path("accounts/people/<int:pk>/resume/", invitations.resume_post, name="resume-post"),
    path("accounts/invitations/<int:pk>/resend/", invitations.resend_invitation, name="resend-invitation"),
    path("accounts/invitations/<int:pk>/revoke/", invitations.revoke_invitation, name="revoke-invitation"),
    path("accounts/invitation/<str:token>/", invitations.invitation_link, name="invitation-link"),
    path("accounts/invitation/", invitations.invitation, name="invitation"),
    path(
        "accounts/first-administrator/<str:token>/",
        invitations.first_administrator_link,
        name="first-administrator-link",
    ),
    path("accounts/first-administrator/", invitations.first_administrator, name="first-administrator"),
]
