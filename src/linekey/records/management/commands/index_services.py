"""`linekey manage index_services`: read everything services are found by anew."""

from typing import Any

from django.core.management.base import BaseCommand

from linekey.records import search


class Command(BaseCommand):
    help = "Reads anew what services are found by. Searches wait until it is done."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} services can be found.")
