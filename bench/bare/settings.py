"""Of the bare project. The address of its database comes from the environment, as ours does."""

from linekey.config import env
from linekey.config.database import database

SECRET_KEY = "signs nothing that anybody keeps"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "bench.bare",
]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "bench.bare.urls"
DATABASES = {"default": database(env.secret("BENCH_BARE_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
USE_I18N = False

# The very hash of ours, with its parameters and its bound on how many run at once.
PASSWORD_HASHERS = ["linekey.vault.hasher.Argon2id"]
LINEKEY_ARGON2_TIME = env.integer("LINEKEY_ARGON2_TIME", 2)
LINEKEY_ARGON2_MEMORY_KIB = env.integer("LINEKEY_ARGON2_MEMORY_KIB", 19_456)
LINEKEY_ARGON2_SLOTS = env.integer("LINEKEY_ARGON2_SLOTS", 4)
