from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "linekey.records"
    label = "linekey"
    default_auto_field = "django.db.models.BigAutoField"
