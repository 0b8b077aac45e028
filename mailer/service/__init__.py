"""Have the system run `mailer worker --once` every five minutes: a systemd user timer, a launchd agent, a task.

Takes a `Job` (what to run, for which MAILER_HOME) and a `Machine` (where), gives the files and commands, carries them
out, and tells how it stands. `wakers` tells cheaply whether anything will send what is queued. Import the modules by
name: a command that only asks who wakes up pays for nothing else.
"""

from __future__ import annotations

__all__: list[str] = []
