"""`python -m launch COMMAND`. Written so that an old Python reads it too, and can say that it is too old."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older one may be what the machine has)
    sys.exit(
        "Python 3.11 or newer is needed, and this is {}.{}: sudo apt-get install -y python3.11 python3.11-venv, "
        "then PYTHON=python3.11 make run.".format(*sys.version_info[:2])
    )

from launch.commands import main

sys.exit(main(sys.argv[1:]))
