import COpenBLAS
import NNKernels
