; scheme --script compile_chez.scm FILE.scm FILE.so: compile a program as what Chez Scheme calls a top-level program, in
; which no definition can change and so procedures are inlined and called directly. Names that the program defines are
; not imported.

(define (forms-in file)
  (call-with-input-file file
    (lambda (port)
      (let loop ((forms '()))
        (let ((form (read port))) (if (eof-object? form) (reverse forms) (loop (cons form forms))))))))

; A curried definition, which Chez Scheme does not know, as a plain one.
(define (uncurried form)
  (if (and (pair? form) (eq? (car form) 'define) (pair? (cdr form)) (pair? (cadr form)) (pair? (caadr form)))
      (uncurried `(define ,(caadr form) (lambda ,(cdadr form) ,@(cddr form))))
      form))

(define (names-defined form)
  (if (pair? form)
      (case (car form)
        ((define define-syntax) (list (if (pair? (cadr form)) (caadr form) (cadr form))))
        ((define-record-type) (filter symbol? (cons (cadr form) (apply append (map (lambda (x) (if (pair? x) x (list x))) (cddr form))))))
        ((begin) (apply append (map names-defined (cdr form))))
        (else '()))
      '()))

; A program's own definition replaces one of the preludes.
(define (last-definitions forms)
  (let loop ((forms (reverse forms)) (seen '()) (kept '()))
    (if (null? forms)
        kept
        (let ((names (names-defined (car forms))))
          (if (and (pair? names) (for-all (lambda (name) (memq name seen)) names))
              (loop (cdr forms) seen kept)
              (loop (cdr forms) (append names seen) (cons (car forms) kept)))))))

(let* ((arguments (command-line-arguments))
       (forms (last-definitions (map uncurried (forms-in (car arguments)))))
       (defined (apply append (map names-defined forms)))
       (ours (filter (lambda (name) (memq name defined)) (library-exports '(chezscheme)))))
  (optimize-level 2)
  (generate-inspector-information #f)
  (compile-to-file
    (list `(top-level-program
             (import (except (chezscheme) ,@ours)
                     (prefix (only (chezscheme) define-record-type sort) native:))
             ,@forms))
    (cadr arguments)))
