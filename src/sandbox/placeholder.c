typedef int sandbox_placeholder; // replaced by the layer's first real module
