;; family: capabilities
;; tries: opens files by paths of every length
;; expect: ok none
;; expect: trapped out_of_bounds

(module
  (import "cloche" "reply" (func $reply (param i32 i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $room (mut i32) (i32.const 0x8000))
  (data (i32.const 0) "0")
  (data (i32.const 256) "harm")
  (data (i32.const 272) "none")
  (data (i32.const 400) "/etc/passwd")
  ;; Room for what the host hands over, from 32 KiB on.
  (func (export "cloche_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $room))
    (global.set $room (i32.add (local.get $at) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -8))))
    (local.get $at))

  ;; Entries are known by the lengths of their names: `command:ordinary` answers whether this isolate was attacked from.
  (func $handle (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $payload_len i32) (result i32)
    (local $fd i32)
    (global.set $room (i32.const 0x8000))
    (if (i32.eq (local.get $name_len) (i32.const 16))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (return (i32.const 0))))
    (i32.store8 (i32.const 0) (i32.const 0x31))
    (loop $next
      (if
        (i32.eqz
          (call $path_open
            (local.get $fd) (i32.const 0) (i32.const 400) (i32.shl (i32.const 11) (local.get $fd)) (i32.const 0)
            (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 512)))
        (then (return (i32.const 9))))
      (br_if $next (i32.lt_u (local.tee $fd (i32.add (local.get $fd) (i32.const 1))) (i32.const 30))))
    (call $reply (i32.const 272) (i32.const 4))
    (i32.const 0)))
