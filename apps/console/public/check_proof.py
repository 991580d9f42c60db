#!/usr/bin/env python3
"""Checks a C2SP tlog-proof without Leadglass: check_proof.py PROOF VERIFIER-KEY [ENTRY]."""
import base64, hashlib, os, subprocess, sys, tempfile


def fail(reason):
    print(reason, file=sys.stderr)
    sys.exit(1)


def b64(text):
    return base64.b64decode(text, validate=True)


def ed25519_holds(public_key, message, signature):
    der = bytes.fromhex('302a300506032b6570032100') + public_key
    with tempfile.TemporaryDirectory() as folder:
        names = {'key': der, 'text': message, 'sig': signature}
        for name, data in names.items():
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(data)
        at = lambda name: os.path.join(folder, name)
        command = ['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', at('key'), '-rawin', '-in', at('text'), '-sigfile', at('sig')]
        return subprocess.run(command, capture_output=True).returncode == 0


def root_from(leaf, index, size, path):
    """RFC 6962 section 2.1.1, from the top down: which side each hash is on follows from the splits."""
    sides, low, high = [], 0, size
    while high - low > 1:
        split = 1
        while split * 2 < high - low:
            split *= 2
        if index < low + split:
            sides.append('right')
            high = low + split
        else:
            sides.append('left')
            low += split
    if len(sides) != len(path):
        fail('the proof has the wrong number of hashes')
    node = leaf
    for side, other in zip(reversed(sides), path):
        pair = node + other if side == 'right' else other + node
        node = hashlib.sha256(b'\x01' + pair).digest()
    return node


def main():
    with open(sys.argv[1], encoding='utf-8', newline='') as file:
        proof = file.read()
    name, key_hex, key_text = sys.argv[2].split('+', 2)
    key = b64(key_text)
    if key[0] != 1 or hashlib.sha256(name.encode() + b'\n' + key).digest()[:4].hex() != key_hex:
        fail('the verifier key is not what it says')
    head, note = proof.split('\n\n', 1)
    lines = head.split('\n')
    if lines.pop(0) != 'c2sp.org/tlog-proof@v1':
        fail('not a tlog-proof')
    entry = b64(lines.pop(0)[6:]) if lines[0].startswith('extra ') else None
    if len(sys.argv) > 3:
        with open(sys.argv[3], 'rb') as file:
            entry = file.read()
    index = int(lines.pop(0)[len('index '):])
    text, signatures = note.rsplit('\n\n', 1)
    text += '\n'
    origin, size, root = text.split('\n')[:3]
    if origin != name:
        fail('the checkpoint is of another log')
    good = False
    for line in signatures.strip('\n').split('\n'):
        _, signer, signature = line.split(' ')
        raw = b64(signature)
        if signer == name and raw[:4].hex() == key_hex:
            good = ed25519_holds(key[1:], text.encode(), raw[4:])
    if not good:
        fail('the checkpoint is not signed by this key')
    if not 0 <= index < int(size):
        fail('the index is outside the tree')
    if root_from(hashlib.sha256(b'\x00' + entry).digest(), index, int(size), [b64(line) for line in lines]) != b64(root):
        fail('the entry is not in the log')
    print('entry %d of %s is in the log of %s entries' % (index, origin, size))


main()
