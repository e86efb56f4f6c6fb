; Hash tables as OmniLisp names them, by those of R6RS.
(define (make-hash-table) (make-hashtable equal-hash equal?))
(define (make-eqv-hash-table) (make-eqv-hashtable))
(define hash-set! hashtable-set!)
(define hash-delete! hashtable-delete!)
(define hash-count hashtable-size)
(define hash-ref
  (case-lambda
    ((table key) (or (hashtable-ref table key #f) (error 'hash-ref "no such key" key)))
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
