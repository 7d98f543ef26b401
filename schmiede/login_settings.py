"""Settings of login: passwords, mails with codes, second factor (`MFA_…`), how often it may be tried (`ACCOUNT_RATE_LIMITS`).

It is allauth's; accounts arise only by invitation (accounts/adapter.py). Nothing here depends on the environment.
"""

from __future__ import annotations

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["schmiede.standing.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.FurtherAddress",
    "login": "accounts.forms.LogIn",
    "request_login_code": "accounts.forms.LogInByCode",
    "reset_password": "accounts.forms.NewPassword",
    "signup": "accounts.forms.SignUp",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail tells of every change of password, address and second factor
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Projektschmiede"
MFA_FORMS = {
    "activate_totp": "accounts.forms.FirstCode",
    "authenticate": "accounts.forms.Code",
    "reauthenticate": "accounts.forms.CodeAgain",
}
# A telephone whose clock is half a minute off still gets in.
MFA_TOTP_TOLERANCE = 1
# Every account has a verified address (that of its invitation), so a further one may wait for its confirmation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Tight per address or person (key, user), loose per network (ip): a workshop room of thirty people sits behind one
# address, and all of them log in in the same minute.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    "request_login_code": "100/m/ip,3/m/key",
    "signup": "100/m/ip",
    "reset_password": "100/m/ip,3/m/key",
    "reset_password_from_key": "100/m/ip",
    "confirm_email": "1/3m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}
