typedef int store_placeholder; // replaced by the layer's first real module
