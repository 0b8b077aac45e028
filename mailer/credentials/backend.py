"""Do one thing with the system's keyring; the home of keyring.

Takes a request and gives an answer, both plain dicts, and never raises: in this process, or as a program of its own
(JSON on standard input and output), so that a keyring that blocks can be stopped. Imports nothing of mailer.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["PART_CHARACTERS", "Fault", "answer"]

#: Windows keeps 2560 bytes of UTF-16 an item, which is 1280 units; 600 characters are 1200 units at most.
PART_CHARACTERS = 600

#: What stands in the item of a secret that is kept in parts, before their number.
IN_PARTS = "mailer-in-parts:"

#: Backends that speak the Secret Service, where a look at a locked collection opens a dialogue.
SECRET_SERVICE = frozenset({"keyring.backends.SecretService", "keyring.backends.libsecret"})


class Fault(StrEnum):
    """Why the keyring did not do it."""

    ABSENT = "absent"
    OFF = "off"
    INSECURE = "insecure"
    LOCKED = "locked"
    UNOPENED = "unopened"
    DAMAGED = "damaged"
    BROKEN = "broken"
    SILENT = "silent"


#: What other people's exceptions mean, by class name so that none of their libraries need be there.
MEANINGS = {
    "NoKeyringError": Fault.ABSENT,
    "SecretServiceNotAvailableException": Fault.ABSENT,
    "KeyringLocked": Fault.LOCKED,
    "LockedException": Fault.LOCKED,
    "InitError": Fault.UNOPENED,
    "PromptDismissedException": Fault.UNOPENED,
}


class Refused(Exception):
    """The keyring is not used; `fault` and `detail` say why."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        self.fault = fault
        self.detail = detail
        super().__init__(fault)


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do what `request` asks: `verb` (get, put, drop, look), `service`, `user`, `secret`, `may_prompt`.

    Gives {"backend": its class} with {"secret": text or None} for get, or {"fault": a Fault, "detail": why}. The
    detail never holds the secret.
    """
    try:
        backend = chosen()
        if not request["may_prompt"]:
            refuse_locked(backend)
        secret = act(backend, request)
    except Refused as exc:
        return {"fault": exc.fault, "detail": exc.detail}
    except Exception as exc:  # noqa: BLE001  # backends raise anything: OSError 1783 on Windows, D-Bus errors, bugs
        return {"fault": meaning(exc), "detail": discreet(exc, request.get("secret") or "")}
    return {"backend": name_of(backend), "secret": secret}


def chosen() -> Any:
    """Return the backend that keyring would use, or the first usable one of its chain.

    Raises Refused when that keeps secrets in plain text or nowhere, or when the one asked for does not load.
    """
    import keyring

    try:
        found = keyring.get_keyring()
    except (RuntimeError, ImportError, AttributeError, ValueError) as exc:  # no bus; PYTHON_KEYRING_BACKEND misspelt
        raise Refused(Fault.ABSENT, f"{type(exc).__name__}: {one_line(exc)}") from exc
    refusals = []
    for backend in links(found):
        fault = refusal(backend)
        if fault is None:
            return backend
        refusals.append(Refused(fault, "" if fault is Fault.ABSENT else name_of(backend)))
    raise refusals[0] if refusals else Refused(Fault.ABSENT)


def links(backend: Any) -> Iterator[Any]:
    """Yield a backend, or those of a chain in their order: a chain would fall through to the plain text ones."""
    from keyring.backends.chainer import ChainerBackend

    if isinstance(backend, ChainerBackend):
        for link in backend.backends:
            yield from links(link)
    else:
        yield backend


def refusal(backend: Any) -> Fault | None:
    """Say why a backend is not to be used, by its class and those that it derives from; None when it may be."""
    for kind in type(backend).__mro__:
        if "plaintext" in kind.__name__.lower():
            return Fault.INSECURE
        if kind.__module__ == "keyring.backends.null":
            return Fault.OFF
        if kind.__module__ == "keyring.backends.fail":
            return Fault.ABSENT
    return None


def refuse_locked(backend: Any) -> None:
    """Raise Refused when asking this backend would open a dialogue that nobody may be there to answer."""
    if type(backend).__module__ not in SECRET_SERVICE:
        return
    from contextlib import closing

    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            preferred = getattr(backend, "preferred_collection", None)
            collection = secretstorage.Collection(bus, preferred) if preferred else secretstorage.Collection(bus)
            is_locked = collection.is_locked()
        except secretstorage.ItemNotFoundException:
            raise Refused(Fault.UNOPENED, "no default collection") from None
    if is_locked:
        raise Refused(Fault.LOCKED)


def act(backend: Any, request: Mapping[str, Any]) -> str | None:
    """Carry out the request's verb; gives the secret for get."""
    service, user = request.get("service", ""), request.get("user", "")
    if request["verb"] == "get":
        return get(backend, service, user)
    if request["verb"] == "put":
        put(backend, service, user, request["secret"])
        if get(backend, service, user) != request["secret"]:
            raise Refused(Fault.DAMAGED, "it did not give back what was stored")
    if request["verb"] == "drop":
        drop(backend, service, user)
    return None


def get(backend: Any, service: str, user: str) -> str | None:
    """Read a secret, joined from its parts; None when there is none."""
    found: str | None = backend.get_password(service, user)
    count = parts_of(found)
    if count is None:
        return found
    parts = [backend.get_password(f"{service}#{n}", user) for n in range(count)]
    if None in parts:
        raise Refused(Fault.DAMAGED, "a part of it is missing")
    return "".join(parts)


def put(backend: Any, service: str, user: str, secret: str) -> None:
    """Store a secret, a long one in parts: the count is written last and deleted first, so that parts never mix."""
    if parts_of(backend.get_password(service, user)) is not None:
        drop(backend, service, user)
    if len(secret) <= PART_CHARACTERS and parts_of(secret) is None:
        backend.set_password(service, user, secret)
        return
    parts = [secret[at : at + PART_CHARACTERS] for at in range(0, len(secret), PART_CHARACTERS)]
    for n, part in enumerate(parts):
        backend.set_password(f"{service}#{n}", user, part)
    backend.set_password(service, user, f"{IN_PARTS}{len(parts)}")


def drop(backend: Any, service: str, user: str) -> None:
    """Delete a secret with its parts; none is no error."""
    found = backend.get_password(service, user)
    if found is None:
        return
    backend.delete_password(service, user)
    for n in range(parts_of(found) or 0):
        if backend.get_password(f"{service}#{n}", user) is not None:
            backend.delete_password(f"{service}#{n}", user)


def parts_of(found: str | None) -> int | None:
    """Return how many parts an item announces; None when it is the secret itself."""
    number = found.removeprefix(IN_PARTS) if found and found.startswith(IN_PARTS) else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None


def name_of(backend: Any) -> str:
    """Name a backend by its class, as PYTHON_KEYRING_BACKEND would."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def meaning(exc: BaseException) -> Fault:
    """Say what an exception of keyring or of the libraries below it means."""
    return next((MEANINGS[kind.__name__] for kind in type(exc).__mro__ if kind.__name__ in MEANINGS), Fault.BROKEN)


def discreet(exc: BaseException, secret: str) -> str:
    """Name an exception; its words too where keyring or the system wrote them, without the secret.

    Others may quote what they were working on.
    """
    from keyring.errors import KeyringError

    if not isinstance(exc, (KeyringError, OSError)):
        return type(exc).__name__
    words = one_line(exc)
    return f"{type(exc).__name__}: {words.replace(secret, '…') if secret else words}"


def one_line(exc: BaseException) -> str:
    """Return an exception's words as one printable line of at most 200 characters."""
    return "".join(c if c.isprintable() else " " for c in str(exc))[:200].strip()


def main() -> None:
    """Answer one request as a program; what a backend prints goes nowhere near the answer."""
    import json
    import os

    with os.fdopen(os.dup(1), "w", encoding="utf-8") as reply:
        os.dup2(2, 1)
        json.dump(answer(json.load(sys.stdin)), reply)


if __name__ == "__main__":
    main()
