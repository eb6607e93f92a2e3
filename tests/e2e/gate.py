# SPDX-License-Identifier: MIT
"""A gate before an engine, which holds what it is told to hold until it is told to let it go, so that
a test may do something at a known moment of a build.

usage: gate.py ENGINE-SOCKET OWN-SOCKET CONTROL-FIFO TOLD-FILE

Lines of the fifo: "hold REGEX" and "choke REGEX" choose requests by "METHOD PATH"; those that are
held do not get to the engine, of the answers of those that are choked only the beginning comes back.
"free" lets all go on, but for requests whose client has gone. TOLD-FILE gets a line for each."""
import os
import re
import select
import socket
import sys
import threading

BEGINNING = 100_000  # bytes of a choked answer

engine_path, own_path, control_path, told_path = sys.argv[1:]
condition = threading.Condition()
rules = []
freed = 0  # times


def tell(word, request):
    with open(told_path, "a") as told:
        told.write(f"{word} {request}\n")


def wait_for_release(word, request):
    with condition:
        before = freed
        tell(word, request)
        condition.wait_for(lambda: freed != before)


def chosen(word, request):
    with condition:
        return any(w == word and re.search(pattern, request) for w, pattern in rules)


def has_gone(client):
    # Bytes that it left unread do not hide its end from poll(2).
    waiting = select.poll()
    waiting.register(client, select.POLLRDHUP)
    return bool(waiting.poll(0))


class Connection:
    def __init__(self, client):
        self.client = client
        self.engine = socket.socket(socket.AF_UNIX)
        self.engine.connect(engine_path)
        self.choked = None
        for work in (self.forth, self.back):
            threading.Thread(target=self.quietly, args=(work,), daemon=True).start()

    @staticmethod
    def quietly(work):
        try:
            work()
        except OSError:
            pass

    def forth(self):
        while data := self.client.recv(65536):
            begin = re.match(rb"(GET|HEAD|POST|PUT|DELETE) (\S+) HTTP/", data)
            if begin:
                request = b" ".join(begin.groups()).decode()
                self.choked = request if chosen("choke", request) else None
                if chosen("hold", request):
                    wait_for_release("held", request)
                    if has_gone(self.client):
                        break
            self.engine.sendall(data)
        self.engine.shutdown(socket.SHUT_RDWR)

    def back(self):
        passed = 0
        while data := self.engine.recv(65536):
            self.client.sendall(data)
            passed = passed + len(data) if self.choked else 0
            if self.choked and passed >= BEGINNING:
                wait_for_release("choked", self.choked)
                self.choked = None
        self.client.shutdown(socket.SHUT_RDWR)


def listen_to_control():
    global freed
    # Held open for writing as well: the end of one writer is not the end.
    with os.fdopen(os.open(control_path, os.O_RDWR), "r") as control:
        for line in control:
            word, _, pattern = line.rstrip("\n").partition(" ")
            with condition:
                if word == "free":
                    rules.clear()
                    freed += 1
                    condition.notify_all()
                else:
                    rules.append((word, pattern))
            tell("set", line.rstrip("\n"))


server = socket.socket(socket.AF_UNIX)
# Under its name once it takes connections.
server.bind(own_path + ".new")
server.listen(64)
os.rename(own_path + ".new", own_path)
threading.Thread(target=listen_to_control, daemon=True).start()
while True:
    Connection(server.accept()[0])
