using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.DisposeScopes;

public class LeakTests
{
    [Fact]
    public void A_thousand_training_steps_leave_nothing_behind()
    {
        using var model = new Net();
        using AdamW optimizer = optim.AdamW(model.parameters(), lr: 1e-3);
        using Tensor x = randn(8, 6), y = randn(8, 2);
        Train(model, optimizer, x, y, 2);

        Collect();
        (long live, long total, long handles) = Counts();
        Train(model, optimizer, x, y, 1000);
        Collect();
        Assert.Equal((live, total, handles), Counts());
    }

    [Fact]
    public void Custom_functions_that_are_never_differentiated_are_released()
    {
        using Tensor x = randn(4, requires_grad: true);
        Collect();
        long handles = NativeHandles.Live();
        for (int i = 0; i < 100; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Halve.apply(Halve.apply(x));
        }
        Collect();
        Assert.Equal(handles, NativeHandles.Live());
    }

    [Fact]
    public void A_failed_call_keeps_no_reference()
    {
        using Tensor x = randn(2, 3);
        Collect();
        long handles = NativeHandles.Live();
        for (int i = 0; i < 10; i++) Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => x.mm(x));
        Assert.Equal(handles, NativeHandles.Live());
    }

    [Fact]
    public void Tensors_that_were_forgotten_are_finalised()
    {
        Collect();
        long handles = NativeHandles.Live();
        Forget();
        Collect();
        Assert.Equal(handles, NativeHandles.Live());
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        for (int i = 0; i < 100; i++) _ = zeros(10) + i;
    }

    private static void Train(Net model, AdamW optimizer, Tensor x, Tensor y, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = nn.functional.mse_loss(model.call(x), y);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.step();
            loss.ToSingle();
        }
    }

    private static void Collect()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static (long Live, long Total, long Handles) Counts() =>
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount, Tensor.TotalCount, NativeHandles.Live());

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first = nn.Linear(6, 16);
        private readonly ModuleList<Linear> _middle = nn.ModuleList(nn.Linear(16, 16), nn.Linear(16, 16));
        private readonly Linear _last = nn.Linear(16, 2);
        private readonly Dropout _dropout = nn.Dropout(0.1);
        private readonly Parameter _scale = nn.Parameter(ones(1));

        internal Net()
            : base("net") => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor hidden = _dropout.call(_first.call(input).silu());
            foreach (Linear layer in _middle) hidden = hidden + layer.call(hidden).tanh()[TensorIndex.Ellipsis, ..];
            return Halve.apply(_last.call(hidden) * _scale);
        }
    }

    private sealed class Halve : autograd.SingleTensorFunction<Halve>
    {
        public override string Name => nameof(Halve);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x, tensor(0.5f)]);
            return x * 0.5;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            return [(grad_output * saved[1]) + (saved[0] * 0)];
        }
    }
}
