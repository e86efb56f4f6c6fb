; The common subset in GNU Guile 3: guile --no-auto-compile guile.scm, in this folder.

(define-module (omni)
  #:use-module (scheme base)
  #:use-module (scheme char)
  #:use-module (scheme inexact)
  #:use-module ((ice-9 exceptions) #:select (exception? exception-message exception-with-message?))
  #:use-module ((ice-9 textual-ports) #:select (get-line get-string-all))
  #:duplicates (last))

(read-enable 'r7rs-symbols)
(read-enable 'r6rs-hex-escapes)
(setlocale LC_ALL "C.UTF-8")
(for-each (lambda (port) (set-port-encoding! port "UTF-8")) (list (current-input-port) (current-output-port)))

(define the-nothing (if #f #f))

(define-record-type <own-condition> (make-condition kind message irritants) own-condition?
  (kind own-kind) (message own-message) (irritants own-irritants))
(define native-error? exception?)
(define (native-error-fields e)
  (case (exception-kind e)
    ((stack-overflow) (list "limit" "stack"))
    ((out-of-memory) (list "limit" "memory"))
    (else
     (list "error"
           (if (and (exception-with-message? e) (string? (exception-message e))) (exception-message e) "an error")))))
(define (wrong who x) (scm-error 'misc-error #f "~A: wrong argument" (list who) #f))

(define stop #f)
(define (set-stop! procedure) (set! stop procedure))

(define bits-and logand)
(define bits-ior logior)
(define bits-xor logxor)
(define bits-not lognot)
(define shift-bits ash)
(define (real-power base exponent)
  (if (< base 0.0) (incomparable "a power of a negative float") (expt base exponent)))
(define (integer-root n)
  (call-with-values (lambda () (exact-integer-sqrt n)) (lambda (root rest) (and (= rest 0) root))))

(define-syntax native-define (syntax-rules () ((_ . rest) (define . rest))))

(include "common.scm")

; ---- programs and files ----

(define the-names
  (call-with-input-file "names.scm" (lambda (port) (let ((keywords (read port))) (append keywords (read port))))))

(define bindings
  (map (lambda (name)
         (let ((own (string->symbol (string-append "omni:" (symbol->string name)))))
           (cons name (module-ref (current-module) (if (module-variable (current-module) own) own name)))))
       the-names))

; A module in which every name has a variable of its own, so that a program can define it anew.
(define (fresh-environment)
  (let ((module (make-module)))
    (for-each (lambda (binding) (module-add! module (car binding) (make-variable (cdr binding)))) bindings)
    module))
(define evaluate eval)

(define (all-forms text)
  (call-with-input-string text
    (lambda (port)
      (let loop ((forms '()))
        (let ((form (read port))) (if (eof-object? form) (reverse forms) (loop (cons form forms))))))))
(define (file-text path) (call-with-input-file path get-string-all #:encoding "UTF-8"))
(define (write-file path writer) (call-with-output-file path writer #:encoding "UTF-8"))
(define (request-line) (get-line (current-input-port)))

(serve)
