"""Say what a server's refusal of a sign-in means at this provider, and what helps."""

from __future__ import annotations

from mailer.accounts.providers import by_host

__all__ = ["advice"]

#: Google: an app password is wanted; a sign-in in the browser is wanted.
GOOGLE_APP_PASSWORD = "5.7.9"  # noqa: S105  # a status code
GOOGLE_BROWSER = "5.7.14"

#: Microsoft: SMTP AUTH is off (the text says where); Basic is off for Client Submission; not accepted.
MICROSOFT_SMTP_AUTH_OFF = "5.7.139"
MICROSOFT_BASIC_OFF = "5.7.30"
MICROSOFT_REFUSED = "5.7.3"

#: RFC 4954 6.
ENCRYPTION_NEEDED = "5.7.11"

OFF_FOR_TENANT = (
    "Sign-in by SMTP is switched off for your whole organisation; a browser sign-in would not help. Ask the"
    " administrator to allow “Authenticated SMTP” for your mailbox, or send from another account."
)
OFF_FOR_MAILBOX = (
    "Sign-in by SMTP is switched off for this mailbox. Switch it on in its settings (or ask the administrator to), or"
    " copy the note from `mailer show FILE --text` into the web mail."
)
BASIC_OFF = (
    "Microsoft takes no password here any more, only a sign-in in the browser (OAuth2), which this version cannot do"
    " yet. Ask the administrator to allow basic authentication for SMTP, or send from another account."
)
LATER = "The server cannot tell now. That passes: the note stays queued and is tried again."


def advice(host: str, code: int, enhanced: str, text: str) -> str:
    """Return a sentence or two on the reply to a sign-in at `host`, "" where the reply says all there is to say.

    `code`, `enhanced` (RFC 3463, "" when none) and `text` are the server's. Source: RFC 4954 6; the providers' pages.
    """
    if 400 <= code < 500:
        return LATER
    if enhanced == MICROSOFT_BASIC_OFF:
        return BASIC_OFF
    if enhanced == MICROSOFT_SMTP_AUTH_OFF or MICROSOFT_SMTP_AUTH_OFF in text:
        return _smtp_auth_off(host, text)
    return _refused_login(host, code, enhanced)


def _refused_login(host: str, code: int, enhanced: str) -> str:
    if code == 534 and enhanced in {GOOGLE_APP_PASSWORD, GOOGLE_BROWSER}:
        return _steps(host) or "The provider wants an app password: make one in your account's security settings."
    if code == 535 or (code == 534 and not enhanced):
        return _wrong_password(host, enhanced)
    if code in {530, 538} or enhanced == ENCRYPTION_NEEDED:
        return "The server wants TLS before the sign-in: set MAILER_SMTP_SECURITY to starttls, or to tls with port 465."
    return ""


def _smtp_auth_off(host: str, text: str) -> str:
    where = text.lower()
    if "tenant" in where:
        return OFF_FOR_TENANT
    if "mailbox" in where:
        return OFF_FOR_MAILBOX
    provider = by_host(host)
    return f"{provider.obstacle}." if provider and provider.obstacle else BASIC_OFF


def _wrong_password(host: str, enhanced: str) -> str:
    """Tell a wrong password from the wrong kind of password, as far as the provider is known.

    That user name or password may be wrong is said already, with the refusal.
    """
    provider = by_host(host)
    if provider and provider.obstacle:
        return f"{provider.obstacle}."
    if enhanced == MICROSOFT_REFUSED or (provider and provider.key == "microsoft365"):
        return f"Or this sign-in is not allowed for the mailbox. {_steps(host)}".rstrip()
    if provider and provider.password_name != "password":  # noqa: S105
        return f"{provider.name} wants {_article(provider.password_name)}, not the one of the web page. {_steps(host)}"
    return _steps(host) or "Some providers want the whole address as user name, and an app password."


def _steps(host: str) -> str:
    provider = by_host(host)
    return " ".join(provider.steps) if provider else ""


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
