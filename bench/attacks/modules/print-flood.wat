;; family: floods
;; tries: prints without end
;; limits: {"log": "256KiB"}
;; expect: exhausted log
;; expect: exhausted hostcalls
;; lifted: {"log": "16MiB"}

(module
  (import "cloche" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $room (mut i32) (i32.const 0x8000))
  (data (i32.const 0) "0")
  (data (i32.const 256) "harm")
  (data (i32.const 272) "none")
  ;; Room for what the host hands over, from 32 KiB on.
  (func (export "cloche_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $room))
    (global.set $room (i32.add (local.get $at) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -8))))
    (local.get $at))

  ;; Entries are known by the lengths of their names: `command:ordinary` answers whether this isolate was attacked from.
  (func $handle (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $payload_len i32) (result i32)
    (local $round i32)
    (global.set $room (i32.const 0x8000))
    (if (i32.eq (local.get $name_len) (i32.const 16))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.const 0x31))
    (i32.store (i32.const 1024) (i32.const 0x8000))
    (i32.store (i32.const 1028) (i32.const 4096))
    (memory.fill (i32.const 0x8000) (i32.const 0x78) (i32.const 4095))
    (i32.store8 (i32.const 0x8fff) (i32.const 10))
    (loop $again
      (drop (call $fd_write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032)))
      (br_if $again (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 1000))))
    (call $reply (i32.const 256) (i32.const 4))
    (i32.const 0)))
