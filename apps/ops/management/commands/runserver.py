"""`manage.py runserver`: Django's, after everything it needs has been set up once."""

from __future__ import annotations

import socket
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import runserver
from django.core.servers.basehttp import WSGIServer

from apps.accounts.providers import provider
from apps.ops import demo
from apps.ops.preparation import prepare
from apps.recommendations.artifacts import serving
from movierec import env
from movierec.dynamo.turns import TurnTaken
from movierec.localaws import LocalAwsError
from movierec.objects import StoreError


class Server(WSGIServer):
    """Django's server, with room for more callers than ten at the same moment; others it would turn away."""

    request_queue_size = 256


class Command(runserver.Command):
    server_cls = Server
    help = (
        "Serves MovieRec for development. In local, first starts the embedded AWS if no endpoint is configured, "
        "creates missing tables, loads the demo catalogue and trains the recommender; each only once."
    )

    # Django's command sets these while it reads its arguments.
    addr: str
    port: str
    use_ipv6: bool
    _raw_ipv6: bool

    def run(self, **options: Any) -> None:
        if not env.in_reloader_child():
            self._refuse_taken_port()
            try:
                provider().check_configuration()
                prepare(self.stdout)
            except (LocalAwsError, StoreError, TurnTaken) as error:
                raise CommandError(str(error)) from error
        super().run(**options)

    def _refuse_taken_port(self) -> None:
        family = socket.AF_INET6 if self.use_ipv6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.addr, int(self.port)))
            except OSError as error:
                raise CommandError(
                    f"Port {self.port} on {self.addr} cannot be used ({error.strerror}); "
                    f"choose another: PORT={int(self.port) + 1} make run"
                ) from error

    def inner_run(self, *args: Any, **options: Any) -> None:
        # Loading the model now spares the first visitor the wait.
        serving()
        super().inner_run(*args, **options)

    def on_bind(self, server_port: int) -> None:
        address = f"http://{f'[{self.addr}]' if self._raw_ipv6 else self.addr}:{server_port}"
        self.stdout.write(f"\nMovieRec {settings.VERSION} serves at {address}  (stop it with Ctrl-C)\n")
        if settings.LOCAL:
            self.stdout.write(demo.what_to_try(address))
