from django.apps import AppConfig


class StormConfig(AppConfig):
    name = "bench.storm"
    label = "storm"

    def ready(self) -> None:
        from bench.storm import runs
        from foundation import wiring

        wiring.WIRING_MODULE = "bench.storm.wiring"
        runs.disturb_worker()
