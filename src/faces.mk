# The faces that are not layers of their own: batch and the command line.
