using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);
    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);
    public static Tensor mv(Tensor input, Tensor target) => input.mv(target);
    public static Tensor dot(Tensor input, Tensor other) => input.dot(other);
    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);
    public static Tensor inner(Tensor input, Tensor vec2) => input.inner(vec2);

    public static Tensor det(Tensor input) => input.det();
    public static Tensor inverse(Tensor input) => input.inverse();
    public static Tensor trace(Tensor input) => input.trace();
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);
    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.Call("einsum", equation, tensors);
    public static Tensor complex(Tensor real, Tensor imag) => Aten.Call("complex", real, imag);
    public static Tensor polar(Tensor abs, Tensor angle) => Aten.Call("polar", abs, angle);
}
