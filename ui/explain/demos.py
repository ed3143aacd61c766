"""The demos of Home, explained before anyone asks."""

from sample_models import tasks
from ui.explain.choice import first_choice
from ui.explain.work.explaining import prepare
from ui.explain.work.outside import outside
from ui.workshop.jobs import Workers, workers


def workers_with_demos() -> Workers:
    """The app's workers, told to explain each task's demo when they have nothing else to do.

    And then to find out what usual pictures look like, so that the first photograph that somebody
    brings need not wait for it. A task whose data would have to be downloaded, or whose models take
    long, waits until someone opens it.
    """
    running = workers()
    choices = [first_choice(task) for task in tasks().values() if task.is_here()]
    requests = {choice.task.key: choice.request for choice in choices if not choice.seconds}
    for request in requests.values():
        running.preload(prepare, request, affinity=request.affinity)
    for key, request in requests.items():
        if tasks()[key].kind == "image":
            running.preload(outside, request, affinity=request.affinity)
    return running
