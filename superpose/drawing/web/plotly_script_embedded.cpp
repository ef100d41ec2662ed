#include "superpose/drawing/web/plotly_script.h"

// The assembler copies the file in. As a C++ array, a megabyte would take the compiler longer than this whole
// room.
#ifdef __APPLE__
#define SUPERPOSE_READ_ONLY ".const_data\n"
#define SUPERPOSE_SYMBOL(name) "_" name
#else
#define SUPERPOSE_READ_ONLY ".section .rodata\n"
#define SUPERPOSE_SYMBOL(name) name
#endif

__asm__(SUPERPOSE_READ_ONLY ".globl " SUPERPOSE_SYMBOL("superpose_plotly_js") "\n"
        ".globl " SUPERPOSE_SYMBOL("superpose_plotly_js_end") "\n"
        SUPERPOSE_SYMBOL("superpose_plotly_js") ":\n"
        ".incbin \"" SUPERPOSE_PLOTLY_JS "\"\n"
        SUPERPOSE_SYMBOL("superpose_plotly_js_end") ":\n"
        ".byte 0\n"
        ".text\n");

extern "C" {
extern const char superpose_plotly_js[];
extern const char superpose_plotly_js_end[];
}

namespace superpose::drawing {

std::string_view embedded_plotly_script() {
  return {superpose_plotly_js, static_cast<std::size_t>(superpose_plotly_js_end - superpose_plotly_js)};
}

}  // namespace superpose::drawing
