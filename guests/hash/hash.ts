// The extension's door: what the cloche_v1 ABI asks of a module, and the one command.

import { alloc, reset } from './arena';
import { DIGEST_BYTES, sha256 } from './sha256';

@external('cloche', 'reply')
declare function reply(ptr: usize, length: i32): void;

const OK = 0;
const ERROR = 1;

const COMMAND = 'command:sha256';
const NO_SUCH_ENTRY = 'no such entry';

const digest = memory.data(32);
const hex = memory.data(64);

export function cloche_alloc(size: i32): usize {
    return alloc(size);
}

export function cloche_handle(name: usize, nameLength: i32, payload: usize, length: i32): i32 {
    // What the host wrote for this call stays where it is until the next cloche_alloc, which comes with the next call.
    reset();
    if (!isText(name, nameLength, COMMAND)) {
        replyText(NO_SUCH_ENTRY);
        return ERROR;
    }
    // The address of an empty payload may be any number, even one outside memory.
    sha256(length == 0 ? 0 : payload, length, digest);
    writeHex(digest, DIGEST_BYTES, hex);
    reply(hex, 2 * DIGEST_BYTES);
    return OK;
}

/** Whether these bytes are the text, which is ASCII. */
function isText(ptr: usize, length: i32, text: string): bool {
    if (length != text.length) {
        return false;
    }
    for (let i = 0; i < length; i++) {
        if (load<u8>(ptr + i) != text.charCodeAt(i)) {
            return false;
        }
    }
    return true;
}

/** Replies a text in ASCII, which must fit `hex`. */
function replyText(text: string): void {
    for (let i = 0; i < text.length; i++) {
        store<u8>(hex + i, u8(text.charCodeAt(i)));
    }
    reply(hex, text.length);
}

function writeHex(source: usize, length: i32, target: usize): void {
    for (let i = 0; i < length; i++) {
        const byte = load<u8>(source + i);
        store<u8>(target + 2 * i, hexDigit(byte >> 4));
        store<u8>(target + 2 * i + 1, hexDigit(byte & 15));
    }
}

function hexDigit(nibble: u8): u8 {
    return nibble + (nibble < 10 ? 0x30 : 0x57);
}
