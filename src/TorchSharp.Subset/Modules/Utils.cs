using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales the gradients so that the norm of all together is at most the given one; returns what it was.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable mode = no_grad();
                Tensor[] gradients = [.. tensors.Select(t => t.grad).OfType<Tensor>()];
                if (gradients.Length == 0) return 0;
                Tensor[] norms = double.IsPositiveInfinity(norm_type)
                    ? Array.ConvertAll(gradients, g => g.abs().max().to(gradients[0].device))
                    : Array.ConvertAll(Aten.CallList("_foreach_norm.Scalar", gradients, norm_type), n => n.to(gradients[0].device));
                Tensor all = stack(norms);
                double total = (double.IsPositiveInfinity(norm_type) ? all.max() : Aten.Call("norm.Scalar", all, norm_type)).ToDouble();
                double scale = max_norm / (total + 1e-6);
                if (scale < 1) Aten.Run("_foreach_mul_.Scalar", gradients, scale);
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                foreach (Parameter parameter in tensors)
                {
                    using Tensor? grad = parameter.grad;
                    grad?.clamp_(-clip_value, clip_value);
                }
            }
        }
    }
}
