; Procedures that programs of corpora/benchmarks use and that are not Scheme's: on every peer these, after what its own
; file defines. Written for speed; arguments are not checked beyond what the procedures in them check.

(define (print x) (write x) (newline))

(define iota
  (case-lambda
    ((count) (iota count 0 1))
    ((count start) (iota count start 1))
    ((count start step)
     (let loop ((i (- count 1)) (result '()))
       (if (< i 0) result (loop (- i 1) (cons (+ start (* i step)) result)))))))

(define range
  (case-lambda
    ((end) (range 0 end 1))
    ((start end) (range start end 1))
    ((start end step)
     (let loop ((n start) (result '()))
       (if (if (> step 0) (>= n end) (<= n end)) (reverse result) (loop (+ n step) (cons n result)))))))

(define (list-tabulate count f)
  (let loop ((i 0) (result '())) (if (= i count) (reverse result) (loop (+ i 1) (cons (f i) result)))))

(define (filter keep? items)
  (let loop ((items items) (result '()))
    (cond ((null? items) (reverse result))
          ((keep? (car items)) (loop (cdr items) (cons (car items) result)))
          (else (loop (cdr items) result)))))

(define (filter-map f items)
  (let loop ((items items) (result '()))
    (if (null? items)
        (reverse result)
        (let ((value (f (car items)))) (loop (cdr items) (if value (cons value result) result))))))

(define (append-map f items) (apply append (map f items)))

(define (any holds? items)
  (and (pair? items) (or (holds? (car items)) (any holds? (cdr items)))))

(define (every holds? items)
  (or (null? items) (if (null? (cdr items)) (holds? (car items)) (and (holds? (car items)) (every holds? (cdr items))))))

(define (count holds? items)
  (let loop ((items items) (n 0))
    (if (null? items) n (loop (cdr items) (if (holds? (car items)) (+ n 1) n)))))

(define (fold f initial items)
  (if (null? items) initial (fold f (f (car items) initial) (cdr items))))

(define (last items) (if (null? (cdr items)) (car items) (last (cdr items))))

(define (take items count) (if (= count 0) '() (cons (car items) (take (cdr items) (- count 1)))))

(define (drop items count) (if (= count 0) items (drop (cdr items) (- count 1))))

(define (delete-duplicates items)
  (let loop ((items items) (result '()))
    (cond ((null? items) (reverse result))
          ((member (car items) result) (loop (cdr items) result))
          (else (loop (cdr items) (cons (car items) result))))))

(define (string-join strings separator)
  (if (null? strings)
      ""
      (let loop ((strings (cdr strings)) (parts (list (car strings))))
        (if (null? strings)
            (apply string-append (reverse parts))
            (loop (cdr strings) (cons (car strings) (cons separator parts)))))))
