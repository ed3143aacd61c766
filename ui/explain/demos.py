"""The demos of Home, explained before anyone asks."""

from sample_models import tasks
from ui.explain.choice import first_choice
from ui.explain.work.explaining import prepare
from ui.workshop.jobs import Workers, workers


def workers_with_demos() -> Workers:
    """The app's workers, told to explain each task's demo when they have nothing else to do.

    A task whose data would have to be downloaded waits until someone opens it.
    """
    running = workers()
    for task in tasks().values():
        if task.is_here():
            request = first_choice(task).request
            running.preload(prepare, request, affinity=request.affinity)
    return running
