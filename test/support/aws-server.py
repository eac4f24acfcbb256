# The `aws` command, version 1, as a server that forks for each call: starting Python and loading the command take nine tenths of the
# CPU time of a call. aws-client.py sends the arguments, the environment and the folder with its three standard streams, and exits
# with the code that comes back.
import array
import json
import os
import signal
import socket
import sys

import awscli.clidriver
import botocore.endpoint  # noqa: F401  loaded before the forks, like the others that every call needs
import botocore.httpsession  # noqa: F401
import botocore.parsers  # noqa: F401
import botocore.serialize  # noqa: F401

STREAMS = 3
OWN = {name: os.environ[name] for name in ("AWS_DATA_PATH",)}  # set by awscli when it is imported


def receive(connection):
    room = socket.CMSG_SPACE(STREAMS * array.array("i").itemsize)
    data, ancillary, _, _ = connection.recvmsg(1 << 20, room)
    streams = array.array("i", ancillary[0][2])
    size = int.from_bytes(data[:4], "big")
    text = data[4:]
    while len(text) < size:
        text += connection.recv(1 << 20)
    return json.loads(text), streams


def call(asked, streams):
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update({**asked["environment"], **OWN})
    os.chdir(asked["folder"])
    sys.argv = ["aws", *asked["arguments"]]
    try:
        return awscli.clidriver.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


awscli.clidriver.create_clidriver()._get_command_table()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen(16)
print("ready", flush=True)
while True:
    connection, _ = listening.accept()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        code = 255
        try:
            code = call(*receive(connection))
        finally:
            connection.sendall(bytes([code % 256]))
            os._exit(0)
    connection.close()
