// SPDX-License-Identifier: Apache-2.0

// A function in C, ABI wasi: the event on stdin, the result on stdout, exit
// code 0. Save as function.c. Debian has the compiler in clang, lld, wasi-libc
// and libclang-rt-dev-wasm32. Build:
//
//   clang --target=wasm32-wasi --sysroot=/usr -isystem /usr/include/wasm32-wasi -O2 -s -o function.wasm function.c
#include <ctype.h>
#include <unistd.h>

int main(void) {
  char buffer[4096];
  ssize_t n;
  while ((n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
    for (ssize_t i = 0; i < n; i++)
      buffer[i] = (char)toupper((unsigned char)buffer[i]);
    for (ssize_t done = 0, w; done < n; done += w)
      if ((w = write(STDOUT_FILENO, buffer + done, (size_t)(n - done))) < 0)
        return 1;
  }
  return n < 0;
}
