"""`python -m tests.trust_study.study_server PORT`: the participants' pages in a process."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from trust_study.web.door import StudyPages

if __name__ == "__main__":
    application = Starlette(routes=[Mount("/s", StudyPages())])
    uvicorn.run(application, port=int(sys.argv[1]), log_level="warning", lifespan="off", ws="none")
