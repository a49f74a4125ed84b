;; family: pointers
;; tries: hands over a request of four gigabytes
;; expect: trapped abi

(module
  (import "cloche" "reply" (func $reply (param i32 i32)))
  (import "cloche" "call" (func $call (param i32 i32 i32 i32) (result i64)))
  (memory (export "memory") 2)
  (global $room (mut i32) (i32.const 0x8000))
  (data (i32.const 0) "0")
  (data (i32.const 300) "kv.get")
  (data (i32.const 320) "{\"key\":\"a\"}")
  ;; Room for what the host hands over, from 32 KiB on.
  (func (export "cloche_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $room))
    (global.set $room (i32.add (local.get $at) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -8))))
    (local.get $at))

  ;; Entries are known by the lengths of their names: `command:ordinary` answers whether this isolate was attacked from.
  (func $handle (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $payload_len i32) (result i32)
    (global.set $room (i32.const 0x8000))
    (if (i32.eq (local.get $name_len) (i32.const 16))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.const 0x31))
    (drop (call $call (i32.const 300) (i32.const 6) (i32.const 320) (i32.const -1)))
    (i32.const 0)))
