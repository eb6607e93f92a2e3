/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * System calls without libc, on x86_64: what is measured against must not have a start-up of its
 * own. A program that includes this defines raw_main() and is linked with -nostdlib -static.
 */

#include <stddef.h>
#include <stdint.h>

int raw_main(int argc, char **argv, char **environment);

/* Inlined always: after vfork() the child must not return from a function. */
__attribute__((always_inline)) static inline long raw_call(
	long number, long a, long b, long c, long d)
{
	long result;
	register long r10 __asm__("r10") = d;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

/* The kernel leaves argc, argv and the environment on the stack. */
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov (%rsp), %rdi\n"
	"	lea 8(%rsp), %rsi\n"
	"	lea 16(%rsp,%rdi,8), %rdx\n"
	"	and $-16, %rsp\n"
	"	call raw_main\n"
	"	mov %eax, %edi\n"
	"	mov $231, %eax\n"
	"	syscall\n");
