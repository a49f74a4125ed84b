;; A guest that never ends by itself, and one that must still run after it.
;; Converted by wast2json 1.0.32: (cd into this folder) wast2json endless.wast -o endless.json
(module
  (memory 1)
  (func (export "loop") (loop $again (br $again)))
  (func (export "one") (result i32) (i32.const 1))
)
(assert_return (invoke "loop"))
(assert_return (invoke "one") (i32.const 1))
