using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Aten.Call("matmul", this, target);
        public Tensor mm(Tensor target) => Aten.Call("mm", this, target);
        public Tensor bmm(Tensor batch2) => Aten.Call("bmm", this, batch2);
        public Tensor mv(Tensor target) => Aten.Call("mv", this, target);
        public Tensor dot(Tensor target) => Aten.Call("dot", this, target);
        public Tensor outer(Tensor vec2) => Aten.Call("outer", this, vec2);
        public Tensor inner(Tensor vec2) => Aten.Call("inner", this, vec2);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) =>
            Aten.Call("addmm", this, mat1, mat2, beta, alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) =>
            Aten.InPlace("addmm_", this, mat1, mat2, beta, alpha);

        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1f, float alpha = 1f) => Aten.Call("addmv", this, mat, vec, beta, alpha);

        public Tensor det() => Aten.Call("det", this);
        public Tensor inverse() => Aten.Call("inverse", this);
        public Tensor trace() => Aten.Call("trace", this);
    }
}
