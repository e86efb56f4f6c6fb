; Chicken 5: what programs of corpora/benchmarks need and it has under another name, or not at all.
(import (chicken base) (chicken bitwise) (chicken fixnum) (chicken flonum) (chicken sort))
(define (call-with-output-string f)
  (let ((port (open-output-string))) (f port) (get-output-string port)))
