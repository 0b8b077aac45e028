"""The page of settings: whose notes these are, who delivers them, what else holds, each with where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.app import service as services
from mailer.errors import MailerError, UsageError
from mailer.model import Security

if TYPE_CHECKING:
    from starlette.responses import Response

    from mailer.web.desk import Visit

__all__ = ["change", "service", "set_up", "settings"]

#: What the settings that can be changed here are called.
NAMES = {
    "MAILER_PHONE": "Your telephone number",
    "MAILER_TIMEZONE": "Your time zone",
    "MAILER_INTERVIEWS": "Folder of your interviews",
    "MAILER_WEEKEND": "Days on which nobody works there",
    "MAILER_HOLIDAYS": "Holidays there",
    "MAILER_NOTIFY": "Tell my desktop (yes or no)",
}


def settings(visit: Visit) -> Response:
    """Show the settings."""
    return _shown(visit)


def _shown(visit: Visit, *, problem: str = "", done: str = "") -> Response:
    from mailer import accounts
    from mailer.app import setting_up

    app, own = visit.app, visit.app.settings
    prospect = services.prospect(app)
    return visit.page(
        "settings.html.j2",
        shown=setting_up.shown(app),
        names=NAMES,
        sender=own.from_mailbox,
        host=own.smtp_host,
        port=own.smtp_port or "",
        security=own.smtp_security.value if own.smtp_security else "",
        username=own.smtp_username,
        providers=accounts.PROVIDERS,
        securities=[kind.value for kind in Security],
        prospect=prospect,
        service_is_installed=prospect.waker.value == "service",
        config_path=own.config_path,
        problem=problem,
        done=done or visit.query.get("done", ""),
        typed={name: visit.field(name) for name in setting_up.FIELDS if name not in _SECRET},
    )


#: Never given back to a page.
_SECRET = frozenset({"password", "password_command"})


def change(visit: Visit) -> Response:
    """Write the plain settings."""
    from mailer.app import setting_up

    values = {name: visit.field(name) for name in NAMES if name in visit.form}
    try:
        changed = setting_up.change_settings(visit.app, values)
    except MailerError as error:
        return _shown(visit, problem=str(error))
    if changed.shadowed:
        names = ", ".join(f"{name} ({source})" for name, source in changed.shadowed)
        return _shown(visit, problem=f"Written, but something else goes before the file and still holds: {names}.")
    return visit.go("/settings?done=kept")


def set_up(visit: Visit) -> Response:
    """Prove an account by a real login, then keep it."""
    from mailer.app import setting_up

    fields = {name: visit.field(name) for name in setting_up.FIELDS if name in visit.form}
    try:
        setting_up.set_up_from_form(visit.app, fields)
    except MailerError as error:
        return _shown(visit, problem=str(error))
    return visit.go("/settings?done=account")


def service(visit: Visit) -> Response:
    """Have the system send what is due, or not any more."""
    try:
        match visit.field("verb"):
            case "install":
                services.install(visit.app)
            case "remove":
                services.remove(visit.app)
            case other:
                raise UsageError(f"“{other}” is nothing that this page does")  # the page says it
    except MailerError as error:
        return _shown(visit, problem=str(error))
    return visit.go("/settings?done=service")
