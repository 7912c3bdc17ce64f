typedef int engine_placeholder; // replaced by the layer's first real module
