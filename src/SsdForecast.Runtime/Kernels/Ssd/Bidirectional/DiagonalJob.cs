using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>The gradient through the diagonal of the bidirectional operator: dδ = Σ_p grad_y·x, and dx = δ·grad_y, to which the two directions then add.</summary>
internal sealed unsafe class DiagonalJob<S, T, V>(SsdShape shape, SsdBidirectionalInputs<T> inputs, SsdBidirectionalGradients<T> gradients) : UnitJob
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private const int RowsPerUnit = 4096;

    private long Rows => shape.DtLength;

    public override int Units => (int)((Rows + RowsPerUnit - 1) / RowsPerUnit);

    public override nuint WorkspaceBytes => 0;

    public override void Run(int unit, byte* workspace)
    {
        long first = (long)unit * RowsPerUnit, last = Math.Min(Rows, first + RowsPerUnit);
        for (long row = first; row < last; row++)
        {
            T* x = inputs.X + row * shape.HeadDim, gradY = gradients.GradY + row * shape.HeadDim;
            T* to = gradients.X == null ? null : gradients.X + row * shape.HeadDim;
            T diagonal = inputs.Diagonal[row], rest = T.Zero;
            V factor = S.Broadcast(diagonal), sum = S.Zero;
            int i = 0;
            for (; i + S.Width <= shape.HeadDim; i += S.Width)
            {
                sum = S.MultiplyAdd(S.Load(x + i), S.Load(gradY + i), sum);
                if (to != null)
                    S.Store(to + i, S.Multiply(factor, S.Load(gradY + i)));
            }

            for (; i < shape.HeadDim; i++)
            {
                rest += x[i] * gradY[i];
                if (to != null)
                    to[i] = diagonal * gradY[i];
            }

            if (gradients.Diagonal != null)
                gradients.Diagonal[row] = S.Sum(sum) + rest;
        }
    }
}
