"""What a web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from linekey.worker.health import Health

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linekey.config.settings")
application = Health(get_wsgi_application())
