"""How long the program takes to say something: --help, --version, and the demo judged."""

import subprocess
import sys
import time

for arguments, budget in ((["--help"], 0.3), (["--version"], 0.3), (["assess", "--demo"], 2.0)):
    found = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "seatrial", *arguments], capture_output=True, check=False)
        found.append(time.perf_counter() - began)
    bare = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=False)
    bare = time.perf_counter() - bare
    middle = sorted(found)[3]
    print(
        f"seatrial {' '.join(arguments)}: {middle * 1000:.0f} ms (budget {budget * 1000:.0f}), {middle / bare:.0f} times the bare interpreter"
    )
