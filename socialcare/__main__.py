"""The entry point: answers ``--version`` before anything heavy is imported."""

import gc
import sys


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        from socialcare import __version__

        print(f"socialcare {__version__}")
        return
    # Imports make nothing but lasting objects: walking them again and again for garbage is a
    # tenth of what a short command costs.
    gc.set_threshold(50_000)
    from socialcare.cli import main as cli_main

    sys.exit(cli_main(sys.argv[1:]))


if __name__ == "__main__":
    main()
