;; Breaks the ABI while it is called. The payload's length says how: 1 an unknown status, 2 a second reply, 3 a reply
;; from outside memory, 4 an answer read outside memory.
(module
  (import "cloche" "reply" (func $reply (param i32 i32)))
  (import "cloche" "call" (func $call (param i32 i32 i32 i32) (result i64)))
  (import "cloche" "read" (func $read (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "kv.get")
  (data (i32.const 16) "{\"key\":\"none\"}")
  (func (export "cloche_alloc") (param $size i32) (result i32) (i32.const 1024))
  (func (export "cloche_handle")
    (param $name i32) (param $name_len i32) (param $payload i32) (param $len i32) (result i32)
    (if (i32.eq (local.get $len) (i32.const 1)) (then (return (i32.const 7))))
    (if (i32.eq (local.get $len) (i32.const 2))
      (then
        (call $reply (i32.const 0) (i32.const 1))
        (call $reply (i32.const 0) (i32.const 1))))
    (if (i32.eq (local.get $len) (i32.const 3))
      (then (call $reply (i32.const 65530) (i32.const 100))))
    (if (i32.eq (local.get $len) (i32.const 4))
      (then
        (drop (call $call (i32.const 0) (i32.const 6) (i32.const 16) (i32.const 14)))
        (call $read (i32.const -1))))
    (i32.const 0)))
