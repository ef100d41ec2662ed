# CMake 3.25 does not know the system: nothing to say of it.
