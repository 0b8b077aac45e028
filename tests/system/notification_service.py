"""Stand for a desktop that shows notifications: answer on the session bus and keep what is shown.

Takes a file and appends one JSON object a notification: app, summary, body, urgency.
Source: Desktop Notifications Specification 1.2.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.Notifications"


def kept(body: tuple[Any, ...]) -> str:
    """Return what `Notify` was asked to show, in one line."""
    app, _, _, summary, text, _, hints, _ = body
    urgency = hints["urgency"][1] if "urgency" in hints else None
    return json.dumps({"app": app, "summary": summary, "body": text, "urgency": urgency})


def answer(call: Message, record: Path) -> Message:
    """Answer one call as a desktop does."""
    match call.header.fields.get(HeaderFields.member):
        case "GetServerInformation":
            return new_method_return(call, "ssss", ("test", "mailer", "1", "1.2"))
        case "GetCapabilities":
            return new_method_return(call, "as", (["body", "body-markup"],))
        case "Notify":
            with record.open("a") as file:
                file.write(kept(call.body) + "\n")
            return new_method_return(call, "u", (1,))
        case _:
            return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")


def main(record: Path) -> None:
    """Serve until the bus ends."""
    with open_dbus_connection("SESSION") as connection:
        connection.send_and_get_reply(message_bus.RequestName(NAME))
        record.touch()
        while True:
            message = connection.receive()
            if message.header.message_type is MessageType.method_call:
                connection.send(answer(message, record))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
