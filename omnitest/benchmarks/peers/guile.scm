; Guile 3.0: what programs of corpora/benchmarks need and it has under another name, or not at all.
(use-modules (scheme base) (scheme case-lambda) (scheme char) (scheme cxr) (scheme inexact) (scheme lazy) (scheme write)
             (scheme read) (rnrs hashtables) ((guile) #:select ((sort . native-sort) (logior . bitwise-ior) (logand . bitwise-and))))
(define-syntax assert
  (syntax-rules ()
    ((_ test detail ...) (unless test (error "assertion failed" detail ...)))))
(define (call-with-output-string f)
  (let ((port (open-output-string))) (f port) (get-output-string port)))
(define (sort items less?) (native-sort items less?))
(define (make-hash-table) (make-hashtable equal-hash equal?))
(define (make-eqv-hash-table) (make-eqv-hashtable))
(define hash-set! hashtable-set!)
(define hash-delete! hashtable-delete!)
(define hash-count hashtable-size)
(define hash-ref
  (case-lambda
    ((table key) (or (hashtable-ref table key #f) (error "no such key" key)))
    ((table key default) (hashtable-ref table key default))))
(define (hash-update! table key f . default)
  (hashtable-update! table key f (if (null? default) #f (car default))))
(define (hash-fold f initial table)
  (call-with-values (lambda () (hashtable-entries table))
    (lambda (keys values)
      (let loop ((i 0) (result initial))
        (if (= i (vector-length keys))
            result
            (loop (+ i 1) (f (vector-ref keys i) (vector-ref values i) result)))))))
