from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class RecordsConfig(AppConfig):
    name = "linekey.records"
    label = "linekey"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linekey.records import search

        for model in ("Service", "SipLine", "PppAccess"):
            post_save.connect(search.index_saved, sender=self.get_model(model))
        for model in ("Organisation", "Person"):
            post_save.connect(search.index_renamed, sender=self.get_model(model))
        post_migrate.connect(search.index_migrated, sender=self)
